"""Recordings (GPX, FIT, ...): files that say where somebody was, and the way they prove."""

from connector.trace.recordings.read import read_recording
from connector.trace.recordings.recording import BadRecordingError, Recording

__all__ = ["BadRecordingError", "Recording", "read_recording"]
