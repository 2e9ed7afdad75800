"""`python -m connector.cli` is `image-tracer`."""

from connector.cli import main

main(prog_name="image-tracer")
