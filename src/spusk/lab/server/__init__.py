"""The lab's server: routes, the guard before them, the live talk with a page."""
