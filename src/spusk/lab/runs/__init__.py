"""Trainings of the lab: started, watched, looked at, kept."""
