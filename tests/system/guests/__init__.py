"""Guests for the system tests: whole machines that boot real kernels, without privilege on this one."""
