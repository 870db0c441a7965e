"""``python -m counterflow``: the command line."""

from counterflow.cli.leaving import run

if __name__ == "__main__":
    run()
