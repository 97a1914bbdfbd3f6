"""The processor's verdict on every file of a folder, compared with reference decoders: `make corpus`."""
