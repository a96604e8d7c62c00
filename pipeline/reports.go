package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"careshare/load"
	"careshare/reports/cpisxml"
	"careshare/reports/custodians"
	"careshare/sql"
)

// writeReports writes the run's reports, each into the folder of the audience that may read it.
func writeReports(ctx context.Context, db *sql.DB, run *load.Run, asAt time.Time) error {
	to := filepath.Join(run.Reports, "cpis")
	if err := cpisxml.Write(ctx, db, to); err != nil {
		return fmt.Errorf("write cpis uploads: %w", err)
	}
	if err := custodians.Write(ctx, db, custodians.Options{To: to, AsAt: asAt}); err != nil {
		return fmt.Errorf("write custodians' lists: %w", err)
	}
	return nil
}
