"""The one HTTP server: the page, the API, health, metrics, and the endpoints of the chat platforms."""
