// de.json as bytes of the program.
  .section .rodata
  .global holdline_words_de
holdline_words_de:
  .incbin "agent/api/words/de.json"
  .global holdline_words_de_end
holdline_words_de_end:
  .section .note.GNU-stack, "", %progbits
