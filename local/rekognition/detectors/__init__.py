"""The detectors: one module per detector or model."""
