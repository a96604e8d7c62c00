package delimited

import "testing"

func TestEscapeKeepsFormulasOutAndIsUndone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=cmd|'/c calc'!A1": "'=cmd|'/c calc'!A1", "+44 20": "'+44 20", "-": "'-", "-1.50": "-1.50", "-7": "-7", "-1+1": "'-1+1", "-1.": "'-1.", "'-7": "''-7", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"'=1": "''=1", "''@": "'''@", // ours and theirs are told apart
		"": "", "O'Brien": "O'Brien", "'tween": "'tween", "a=b": "a=b", " =1": " =1", "x\n=1": "x\n=1", "'": "'",
	} {
		got := Escape(text)
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if back := Unescape(got); back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
	}
}
