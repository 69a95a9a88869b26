// Written by web/build.mjs: the files of the page as bytes of the program.
  .section .rodata
  .global holdline_page_0
holdline_page_0:
  .incbin "/tmp/wt/me/web/dist/index.html.gz"
  .global holdline_page_0_end
holdline_page_0_end:
  .global holdline_page_1
holdline_page_1:
  .incbin "/tmp/wt/me/web/dist/app-CL6UMBXP.js.gz"
  .global holdline_page_1_end
holdline_page_1_end:
  .global holdline_page_2
holdline_page_2:
  .incbin "/tmp/wt/me/web/dist/german-PIMTNNDN.js.gz"
  .global holdline_page_2_end
holdline_page_2_end:
  .global holdline_page_3
holdline_page_3:
  .incbin "/tmp/wt/me/web/dist/english-AOVSO3ZU.js.gz"
  .global holdline_page_3_end
holdline_page_3_end:
  .global holdline_page_4
holdline_page_4:
  .incbin "/tmp/wt/me/web/dist/centre-BEW2TOFC.js.gz"
  .global holdline_page_4_end
holdline_page_4_end:
  .global holdline_page_5
holdline_page_5:
  .incbin "/tmp/wt/me/web/dist/chunk-MDUU4VVA.js.gz"
  .global holdline_page_5_end
holdline_page_5_end:
  .global holdline_page_6
holdline_page_6:
  .incbin "/tmp/wt/me/web/dist/style-7JFW7NIX.css.gz"
  .global holdline_page_6_end
holdline_page_6_end:
  .section .note.GNU-stack, "", %progbits
