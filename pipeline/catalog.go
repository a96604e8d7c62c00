package pipeline

import (
	"context"
	"os"
	"path"
	"path/filepath"

	"careshare/load"
	"careshare/sql"
)

// makeCatalog writes the catalog of BI: a view for each of its datasets over lake/current, whatever that leads to when the
// catalog is read. The views say current/trusted/..., so that they hold wherever the lake is moved or mounted.
func makeCatalog(ctx context.Context, from reportSource, staged load.Snapshot) error {
	var views []sql.CatalogView
	for _, d := range from.manifest.Datasets {
		if d.Audience == biAudience {
			views = append(views, sql.CatalogView{
				Name: d.Dataset, Files: path.Join("current/trusted", d.Audience, d.Dataset, "*/*/*/*/part-0.parquet"), Comment: d.Purpose,
			})
		}
	}
	if len(views) == 0 {
		return nil
	}
	// the snapshot is not current yet: while the views are made, this stands for the lake
	lake, err := os.MkdirTemp(from.scratch, "catalog-")
	if err != nil {
		return load.Explain("write catalog", err)
	}
	if err := os.Symlink(staged.Path, filepath.Join(lake, "current")); err != nil {
		return load.Explain("write catalog", err)
	}
	if err := os.MkdirAll(from.to, 0o700); err != nil {
		return load.Explain("write catalog", err)
	}
	return sql.WriteCatalog(ctx, filepath.Join(from.to, "catalog.duckdb"), lake, views)
}
