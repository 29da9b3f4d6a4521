"""The episode as one picture: where the notes, chapters and insights lie, and which moment is meant."""
