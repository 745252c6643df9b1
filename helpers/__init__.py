"""What student and instructor notebooks import: data -> batches -> models -> training -> plots, and the checks."""
