"""PDFs for people to keep, and the archive of one application."""
