package check

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/optout"
	"careshare/load/agreement"
	"careshare/pipeline/config"
	"careshare/pipeline/relations"
	"careshare/reports"
	"careshare/schedules/london"
	"careshare/sql"
)

// leftOut says which datasets a run of today would not publish, since the agreement does not name them.
func leftOut(contracts agreement.Contracts, agreed agreement.Agreement) string {
	var names []string
	for _, entry := range agreement.Dictionary(contracts, agreed) {
		if entry.Audience == "" {
			names = append(names, entry.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; it does not name, so nobody gets: " + strings.Join(names, ", ")
}

// optOutEmpties says which datasets a run of today would leave empty for want of the opt-out's replies; empty: none.
func optOutEmpties(ctx context.Context, c config.Config, now time.Time) (string, error) {
	_, agreed, err := config.ReadTerms(c)
	if err != nil {
		return "", nil // the line of the agreement says why
	}
	var datasets []string
	days := 0
	for _, d := range agreed.Datasets {
		if d.SecondaryUse {
			datasets = append(datasets, d.Name)
			days = agreed.DeIdentification[d.Audience].OptOutDays
		}
	}
	if len(datasets) == 0 {
		return "", nil
	}
	slices.Sort(datasets)
	empty := strings.Join(datasets, ", ") + " would be empty: "
	if c.OptOut.Folder == "" {
		return empty + "no folder of the national data opt-out is configured", nil
	}
	asked, answered, newest, err := optOutReplies(ctx, c, now, days)
	switch {
	case err != nil:
		return "", err
	case asked == 0:
		return empty + "nothing was asked of the national data opt-out", nil
	case answered < asked:
		return fmt.Sprintf("%s%d of %s to the opt-out have a whole reply that is at most %d days old; the newest request is of %s", empty, answered, reports.Counted(asked, "request"), days, newest), nil
	}
	return "", nil
}

// optOutReplies asks the run's own model which requests have a reply that counts today.
func optOutReplies(ctx context.Context, c config.Config, now time.Time, days int) (asked, answered int, newest string, err error) {
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return 0, 0, "", err
	}
	defer os.RemoveAll(scratch)
	quarantine, err := extract.OpenQuarantine(filepath.Join(scratch, "quarantine.parquet"), false)
	if err != nil {
		return 0, 0, "", err
	}
	_, err = optout.Read(ctx, inbox.Options{Folder: c.OptOut.Folder, To: scratch, Quarantine: quarantine})
	if _, closing := quarantine.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 0, 0, "", err
	}
	db, err := c.OpenAside(ctx, scratch)
	if err != nil {
		return 0, 0, "", err
	}
	defer db.Close()
	local, err := london.Local(now)
	if err != nil {
		return 0, 0, "", err
	}
	if err := relations.Create(ctx, db, []relations.Relation{{Name: "settings", Columns: "as_at_local timestamp", Rows: []relations.Row{{"as_at_local": local}}}}); err != nil {
		return 0, 0, "", err
	}
	for _, statement := range []string{
		"create schema optout",
		"create view optout.requested as select * from " + sql.ParquetFile(filepath.Join(scratch, "requested.parquet")),
		"create view optout.cleared as select * from " + sql.ParquetFile(filepath.Join(scratch, "cleared.parquet")),
		fmt.Sprintf("create table int_bi_terms as select %d as opt_out_days", days),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return 0, 0, "", err
		}
	}
	model, err := fs.ReadFile(c.Ruleset(), "bi/int_opt_out_replies.sql")
	if err != nil {
		return 0, 0, "", err
	}
	err = db.QueryRowContext(ctx, "with replies as ("+string(model)+"\n) select count(*), count(*) filter (where is_whole and is_in_time), coalesce(strftime(max(asked_on), '%-d %B %Y'), 'an unknown day') from replies").
		Scan(&asked, &answered, &newest)
	return asked, answered, newest, err
}
