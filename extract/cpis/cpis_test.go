package cpis

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/inbox/inboxtest"
)

func read(t testing.TB, files inboxtest.Files) inboxtest.Result {
	t.Helper()
	r := inboxtest.Read(t, files, func(folder, to string, quarantine *extract.Quarantine) ([]extract.Table, error) {
		return Read(t.Context(), inbox.Options{Folder: folder, To: to, Quarantine: quarantine})
	})
	if len(r.Tables) != 4 {
		t.Errorf("%d tables", len(r.Tables))
	}
	return r
}

func sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadTakesEveryMessage(t *testing.T) {
	r := read(t, inboxtest.Files{
		"acknowledgements/b.xml": sample(t, "acknowledgement.xml"),
		"notifications/b.XML":    "\ufeff" + sample(t, "notification.xml"),
		"inactive/b.xml":         sample(t, "inactive.xml"),
		"inactive/.hidden.xml":   "no part of the inbox",
		"inactive/b.ctl":         "no part of the inbox",
	})
	if len(r.Rejects) != 0 {
		t.Fatalf("rejects %+v", r.Rejects)
	}

	type acknowledgement struct {
		File     string    `parquet:"file,optional"`
		Sequence int64     `parquet:"sequence_number,optional"`
		Created  time.Time `parquet:"created_at,optional,timestamp(microsecond)"`
		Count    int64     `parquet:"count_processed,optional"`
		Code     string    `parquet:"file_code,optional"`
		Meaning  string    `parquet:"file_meaning,optional"`
	}
	inboxtest.Expect(t, inboxtest.Rows[acknowledgement](t, r.Tables["acknowledgements"].Path),
		"{b.xml 17 2026-10-31 06:30:00 +0000 UTC 120 CPF03 valid records loaded, invalid records rejected}")

	type record struct {
		Sequence int64  `parquet:"sequence_number,optional"`
		Position int64  `parquet:"position,optional"`
		Code     string `parquet:"record_code,optional"`
		Number   string `parquet:"nhs_number,optional"`
		Person   int64  `parquet:"person_id,optional"`
	}
	inboxtest.Expect(t, inboxtest.Rows[record](t, r.Tables["acknowledgement_records"].Path),
		"{17 1 CPR01 9990000018 4711}", "{17 2 CPR04 ABC 12 0}")

	type access struct {
		Sent         time.Time `parquet:"sent_at,optional,timestamp(microsecond)"`
		Upload       int64     `parquet:"upload_sequence_number,optional"`
		Position     int64     `parquet:"access_position,optional"`
		At           time.Time `parquet:"accessed_at,optional,timestamp(microsecond)"`
		Kind         string    `parquet:"author_kind,optional"`
		Author       string    `parquet:"author_name,optional"`
		Role         string    `parquet:"job_role,optional"`
		User         string    `parquet:"user_id,optional"`
		Organisation string    `parquet:"organisation_code,optional"`
		Nominated    string    `parquet:"nominated_people,optional"`
		Number       string    `parquet:"nhs_number,optional"`
	}
	inboxtest.Expect(t, inboxtest.Rows[access](t, r.Tables["access_notifications"].Path),
		"{2026-10-31 05:30:00 +0000 UTC 17 1 2026-10-30 21:45:00 +0000 UTC person Dr Zoë Ann Example Clinical Practitioner Access Role 555021935107 RQX  9990000018}",
		"{2026-10-31 05:30:00 +0000 UTC 17 2 2026-10-30 00:00:00 +0000 UTC device   200000000123 YDD Ms Ada Sample (Safeguarding lead 020 7946 0000); Mr Bo Sample (Deputy) 9990000026}")

	type inactive struct {
		ID          string    `parquet:"message_id,optional"`
		Sent        time.Time `parquet:"sent_at,optional,timestamp(microsecond)"`
		Number      string    `parquet:"nhs_number,optional"`
		Replacement string    `parquet:"replacement_nhs_number,optional"`
	}
	inboxtest.Expect(t, inboxtest.Rows[inactive](t, r.Tables["inactive_numbers"].Path),
		"{1F0E7C5E-1111-4222-8333-944455556666 2026-07-01 05:00:00 +0000 UTC 9990000018 9990000026}")
}

func TestReadOfNothing(t *testing.T) {
	r := read(t, nil)
	for name, table := range r.Tables {
		if table.RowsIn != 0 {
			t.Errorf("%s: %d rows", name, table.RowsIn)
		}
	}
}

func TestAnEmptyNotificationIsNormal(t *testing.T) {
	text := sample(t, "notification.xml")
	from, to := strings.Index(text, "<access>"), strings.LastIndex(text, "</AccessNotification>")
	text = strings.Replace(text[:from]+text[to:], `totalReturnedRecords value="2"`, `totalReturnedRecords value="0"`, 1)
	r := read(t, inboxtest.Files{"notifications/a.xml": text})
	if table := r.Tables["access_notifications"]; table.RowsOut != 1 || len(r.Rejects) != 0 {
		t.Errorf("%+v, rejects %+v", table, r.Rejects)
	}
}

func TestFilesComeInTheOrderOfTheirNames(t *testing.T) {
	text := sample(t, "inactive.xml")
	r := read(t, inboxtest.Files{"inactive/c.xml": text, "inactive/a.xml": text, "inactive/b.xml": text})
	type row struct {
		File string `parquet:"file,optional"`
	}
	inboxtest.Expect(t, inboxtest.Rows[row](t, r.Tables["inactive_numbers"].Path), "{a.xml}", "{b.xml}", "{c.xml}")
}

func TestReadStops(t *testing.T) {
	if _, err := Read(context.Background(), inbox.Options{}); err == nil {
		t.Error("options without a folder were taken")
	}
	folder, to := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "inactive"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "inactive", "a.xml"), []byte("<a/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	quarantine, err := extract.OpenQuarantine(filepath.Join(to, "q.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, inbox.Options{Folder: folder, To: to, Quarantine: quarantine}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read returned %v", err)
	}
}
