"""Files that a bank takes and gives: payment orders out, statements and status reports in."""
