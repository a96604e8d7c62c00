package load

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// Kept is a model of the current snapshot that the next run starts from.
type Kept struct {
	Path string // absolute
	File File   // as its manifest says
}

// Kept finds a refined model of the current snapshot and proves the file against its manifest. It is false where
// nothing was published yet, or where the snapshot is older than the model. It needs no lock.
func (l *Lake) Kept(ctx context.Context, model string) (Kept, bool, error) {
	snapshot, err := l.Current()
	if errors.Is(err, ErrNoSnapshot) {
		return Kept{}, false, nil
	}
	if err != nil {
		return Kept{}, false, err
	}
	manifest, err := snapshot.Manifest()
	if err != nil {
		return Kept{}, false, err
	}
	within := "refined/" + model + "/part-0.parquet"
	i := slices.IndexFunc(manifest.Outputs, func(f File) bool { return f.Path == within })
	if i < 0 {
		return Kept{}, false, nil
	}
	kept := Kept{Path: filepath.Join(snapshot.Path, filepath.FromSlash(within)), File: manifest.Outputs[i]}
	digest, _, err := hashFile(ctx, kept.Path)
	if err != nil {
		return Kept{}, false, Explain("read "+within, err)
	}
	if digest != kept.File.SHA256 {
		return Kept{}, false, damaged(fmt.Sprintf("%s is not what its manifest says", within))
	}
	return kept, true, nil
}
