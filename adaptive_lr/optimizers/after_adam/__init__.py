"""What came after Adam: one file for each idea."""
