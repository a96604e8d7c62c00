package optout

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/inbox/inboxtest"
)

func read(t testing.TB, files inboxtest.Files) (r inboxtest.Result, requested, cleared []string) {
	t.Helper()
	r = inboxtest.Read(t, files, func(folder, to string, quarantine *extract.Quarantine) ([]extract.Table, error) {
		return Read(t.Context(), inbox.Options{Folder: folder, To: to, Quarantine: quarantine})
	})
	type row struct {
		File    string `parquet:"file,optional"`
		Number  string `parquet:"nhs_number,optional"`
		IsWhole *bool  `parquet:"is_whole,optional"`
	}
	for _, row := range inboxtest.Rows[row](t, r.Tables["requested"].Path) {
		requested = append(requested, row.File+" "+row.Number)
	}
	for _, row := range inboxtest.Rows[row](t, r.Tables["cleared"].Path) {
		whole := map[bool]string{true: " whole", false: " not whole"}[*row.IsWhole]
		cleared = append(cleared, row.File+" "+row.Number+whole)
	}
	return r, requested, cleared
}

func TestRead(t *testing.T) {
	const asked = "9990000018,\n9990000026,\n"
	for name, c := range map[string]struct {
		request, reply string
		cleared, rules []string
	}{
		"one opted out":               {asked, "9990000026,\n", []string{"q 9990000026 whole"}, nil},
		"CR LF, no last line end":     {asked, "9990000018,\r\n\r\n9990000026,", []string{"q 9990000018 whole", "q 9990000026 whole"}, nil},
		"byte order mark":             {asked, "\ufeff9990000018,\n", []string{"q 9990000018 whole"}, nil},
		"a number twice":              {asked, "9990000018,\n9990000018,\n", []string{"q 9990000018 whole"}, nil},
		"missing reply":               {asked, "", nil, nil},
		"empty reply":                 {asked, "empty", nil, []string{"q.reply.dat:0 empty file"}},
		"refusal":                     {asked, refusal + "\r\n", []string{"q  not whole"}, nil},
		"refusal, then numbers":       {asked, refusal + "\n9990000018,\n", []string{"q  not whole", "q 9990000018 not whole"}, nil},
		"refusal after numbers":       {asked, "9990000018,\n" + refusal, []string{"q 9990000018 not whole"}, []string{"q.reply.dat:2 not ten digits and a comma"}},
		"a number not asked for":      {asked, "9990000018,\n9990000034,\n", []string{"q 9990000018 not whole", "q 9990000034 not whole"}, nil},
		"reply without request":       {"", "9990000018,\n", []string{"q 9990000018 not whole"}, nil},
		"truncated":                   {asked, "9990000018,\n99900", []string{"q 9990000018 not whole"}, []string{"q.reply.dat:2 not ten digits and a comma"}},
		"cut before the comma":        {asked, "9990000018,\n9990000026", []string{"q 9990000018 not whole"}, []string{"q.reply.dat:2 not ten digits and a comma"}},
		"mis-encoded":                 {asked, "9990000018,\n\xff,\n", []string{"q 9990000018 not whole"}, []string{"q.reply.dat:2 not UTF-8"}},
		"another encoding":            {asked, "\xff\xfe9\x00", nil, []string{"q.reply.dat:0 not UTF-8"}},
		"long line":                   {asked, strings.Repeat("9", maxLine+1) + "\n9990000018,\n", []string{"q 9990000018 not whole"}, []string{"q.reply.dat:1 line over 256 bytes"}},
		"the job's JSON":              {asked, `{"dataset_id":"mesh_to_pos"}`, nil, []string{"q.reply.dat:1 not ten digits and a comma"}},
		"a bad number in what we ask": {"x,\n" + asked, "9990000018,\n", []string{"q 9990000018 whole"}, []string{"q.request.dat:1 not ten digits and a comma"}},
		"a refusal in what we ask":    {refusal + "\n" + asked, "9990000018,\n", []string{"q 9990000018 whole"}, []string{"q.request.dat:1 not ten digits and a comma"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := inboxtest.Files{}
			if c.request != "" {
				files["q.request.dat"] = c.request
			}
			if c.reply != "" {
				files["q.reply.dat"] = strings.TrimPrefix(c.reply, "empty")
			}
			r, requested, cleared := read(t, files)
			if c.request != "" && !slices.Equal(requested, []string{"q 9990000018", "q 9990000026"}) {
				t.Errorf("requested %q", requested)
			}
			if !slices.Equal(cleared, c.cleared) || !slices.Equal(r.Rules(), c.rules) {
				t.Errorf("cleared %q, rejects %q", cleared, r.Rules())
			}
		})
	}
}

func TestExchangesComeInTheOrderOfTheirNames(t *testing.T) {
	_, requested, cleared := read(t, inboxtest.Files{
		"b.request.dat": "9990000018,\n", "a.request.dat": "9990000026,\n", "a.reply.dat": "9990000026,\n", "0.reply.dat": "9990000018,\n", "note.txt": "",
	})
	if !slices.Equal(requested, []string{"a 9990000026", "b 9990000018"}) || !slices.Equal(cleared, []string{"0 9990000018 not whole", "a 9990000026 whole"}) {
		t.Errorf("requested %q, cleared %q", requested, cleared)
	}
}

func TestReadStops(t *testing.T) {
	if _, err := Read(t.Context(), inbox.Options{}); err == nil {
		t.Error("options without a folder were taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := exchange{}
	if err := errors.Join(ctx.Err(), e.read(tables(t))); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read returned %v", err)
	}
}

func tables(t testing.TB) (requested, cleared *inbox.Table) {
	t.Helper()
	quarantine, err := extract.OpenQuarantine(t.TempDir()+"/q.parquet", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []**inbox.Table{&requested, &cleared} {
		if *to, err = inbox.Create(t.TempDir(), "optout", "t", quarantine, inbox.Texts("file", "nhs_number"), inbox.Truths("is_whole")); err != nil {
			t.Fatal(err)
		}
	}
	return requested, cleared
}

// FuzzTake sees that each line is a number once, a repeat, the refusal, blank or a reject, and nothing else.
func FuzzTake(f *testing.F) {
	f.Add("9990000018,\r\n9990000018,\n\n99900")
	f.Add(refusal)
	_, table := tables(f)
	f.Fuzz(func(t *testing.T, text string) {
		l := list{has: map[string]bool{}}
		for line, err := range inbox.Lines(strings.NewReader(text), maxLine) {
			if err != nil {
				t.Fatal(err)
			}
			l.take(line, refusal, "f", table)
		}
		for _, number := range l.numbers {
			if !inbox.IsTenDigits(number) {
				t.Errorf("took %q", number)
			}
		}
		table.Drop()
	})
}
