// openapi.json as bytes of the program.
  .section .rodata
  .global holdline_openapi_json
holdline_openapi_json:
  .incbin "agent/api/description/openapi.json"
  .global holdline_openapi_json_end
holdline_openapi_json_end:
  .section .note.GNU-stack, "", %progbits
