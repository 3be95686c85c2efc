"""The calendar as a picture and in words. Pure functions of its read model."""
