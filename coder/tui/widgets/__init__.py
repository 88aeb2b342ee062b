"""What screens are built of: lists and lines of the field, drawn line by line."""
