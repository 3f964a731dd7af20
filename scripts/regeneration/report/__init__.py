"""Says what a new contract means for those who call the old one."""
