"""A day in Helsinki: a made-up photo library on a real WebDAV server, traced and shown in a gallery."""
