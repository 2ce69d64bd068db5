"""Cases of the system tests, by what they are about. Files named *_test.py beside this folder run them."""
