package reporting

import (
	"context"
	"os"
	"path"
	"path/filepath"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/sql"
)

// MakeCatalog writes the catalog of BI: a view for each of its datasets. The views say trusted/..., from the snapshot's own
// folder: who stands in it, or names it, reads one snapshot to the end, though lake/current leads to another meanwhile; and they
// hold wherever the lake is moved or mounted.
func MakeCatalog(ctx context.Context, from snapshot.Source, staged lake.Snapshot) error {
	var views []sql.CatalogView
	for _, d := range from.Manifest.Datasets {
		if d.Audience == config.BIAudience {
			views = append(views, sql.CatalogView{
				Name: d.Dataset, Files: path.Join("trusted", d.Audience, d.Dataset, "*/*/*/*/part-0.parquet"), Comment: d.Purpose,
			})
		}
	}
	if len(views) == 0 {
		return nil
	}
	if err := os.MkdirAll(from.To, 0o700); err != nil {
		return fault.Explain("write catalog", err)
	}
	return sql.WriteCatalog(ctx, filepath.Join(from.To, "catalog.duckdb"), staged.Path, views)
}
