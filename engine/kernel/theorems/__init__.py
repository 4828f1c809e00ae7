"""Theorems that the kernel takes as given, and what each obliges to."""
