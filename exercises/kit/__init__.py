"""What several checks share. Nothing here knows of grading."""
