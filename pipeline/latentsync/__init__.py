"""LatentSync."""
