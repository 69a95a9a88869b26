// schema.toml as bytes of the program.
  .section .rodata
  .global holdline_schema_toml
holdline_schema_toml:
  .incbin "sync/schema/schema.toml"
  .global holdline_schema_toml_end
holdline_schema_toml_end:
  .section .note.GNU-stack, "", %progbits
