# default.toml as bytes of the program.
  .section .rodata
  .global holdline_plan_toml
holdline_plan_toml:
  .incbin "contingency/plan/default.toml"
  .global holdline_plan_toml_end
holdline_plan_toml_end:
  .section .note.GNU-stack, "", %progbits
