"""BYTES <-> FRAMES AND SOUND: the only package that imports PyAV and ffmpeg-python.

``read`` decodes under limits, ``write`` encodes frame by frame, ``sheet`` makes stills of a video;
``filters`` has the few ffmpeg graphs, which ``runner`` runs in a confined process.
Knows samples and pixels; knows no face, no job, no label. Another container or codec is a change
in ``write`` alone.
"""
