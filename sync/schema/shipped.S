// schema.toml and the packs as bytes of the program.
  .section .rodata
  .macro text_file symbol, file
  .global \symbol
\symbol:
  .incbin "\file"
  .global \symbol\()_end
\symbol\()_end:
  .endm
  text_file holdline_schema_toml, sync/schema/schema.toml
  text_file holdline_pack_insurance, sync/schema/packs/insurance.toml
  text_file holdline_pack_utilities, sync/schema/packs/utilities.toml
  .section .note.GNU-stack, "", %progbits
