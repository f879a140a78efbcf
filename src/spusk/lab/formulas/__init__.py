"""Formulas for the page: read in processes of their own, described, mapped, exported."""
