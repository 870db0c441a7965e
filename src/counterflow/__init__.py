"""Counterflow: an open fusion centre in software. One line of data flow, and this package's tree shows it:

sources → claims → entities → network → findings → assessment → casework
"""

__version__ = "0.1.0"
