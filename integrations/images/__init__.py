"""Where the images of services come from."""
