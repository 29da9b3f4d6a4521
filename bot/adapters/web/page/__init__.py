"""The files of the page, as the browser gets them; a package only so that they are installed with the rest."""
