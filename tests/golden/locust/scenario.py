"""What the recorded master gives to its workers: the text is all that counts."""
