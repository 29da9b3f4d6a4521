"""Files become objects: knowledge folders and transcripts into an Episode."""
