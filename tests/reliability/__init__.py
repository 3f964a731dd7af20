"""The scenarios that a client must survive, each against the mock's faults or a raw socket."""
