"""What the tests share: servers that record or play a part, and the contract read without the code under test."""
