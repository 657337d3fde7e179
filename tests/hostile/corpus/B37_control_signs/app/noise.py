import sys

out = sys.stdout.buffer
out.write(b"\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[H \x9b31m\n")
out.write(b"nul \x00 bell \x07 back \x08\x08 delete \x7f\n")
out.write(b"broken \xff\xfe \xc3\x28 \xed\xa0\x80 \xf4\x90\x80\x80\n")
out.write("bidi \u202e\u2066 abc\n".encode())
out.write(b"this was overwritten\r100% done\n")
out.write(b"</pre><script>alert(1)</script> ::set-env name=X::y ]]>\n")
