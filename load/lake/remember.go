package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Kept is a model or dataset of the current snapshot that the next run starts from.
type Kept struct {
	Path string // absolute
	File File   // as its manifest says
}

// Kept finds a refined model of the current snapshot, or else the published dataset of the name, and proves the file
// against its manifest. It is false where nothing was published yet, or where the snapshot has neither. It needs no lock.
func (l *Lake) Kept(ctx context.Context, name string) (Kept, bool, error) {
	snapshot, err := l.Current()
	if errors.Is(err, ErrNoSnapshot) {
		return Kept{}, false, nil
	}
	if err != nil {
		return Kept{}, false, err
	}
	return snapshot.kept(ctx, name)
}

// KeptBefore finds the same in the newest snapshot of an earlier moment: a run that is made again for its moment is compared with
// what came before, not with itself. It is false too where the file was pruned since.
func (l *Lake) KeptBefore(ctx context.Context, name string, moment time.Time) (Kept, bool, error) {
	snapshots, err := l.Snapshots()
	if err != nil {
		return Kept{}, false, err
	}
	for _, snapshot := range slices.Backward(snapshots) {
		if at, _ := audit.SplitRunID(snapshot.ID); at >= moment.UTC().Format(runIDLayout) {
			continue
		}
		kept, found, err := snapshot.kept(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			return Kept{}, false, nil
		}
		return kept, found, err
	}
	return Kept{}, false, nil
}

func (s Snapshot) kept(ctx context.Context, name string) (Kept, bool, error) {
	manifest, err := s.Manifest()
	if err != nil {
		return Kept{}, false, err
	}
	within := "refined/" + name + "/part-0.parquet"
	at := func() int { return slices.IndexFunc(manifest.Outputs, func(f File) bool { return f.Path == within }) }
	i := at()
	if d := slices.IndexFunc(manifest.Datasets, func(d Disclosure) bool { return d.Dataset == name }); i < 0 && d >= 0 {
		within = manifest.Datasets[d].Path
		i = at()
	}
	if i < 0 {
		return Kept{}, false, nil
	}
	kept := Kept{Path: filepath.Join(s.Path, filepath.FromSlash(within)), File: manifest.Outputs[i]}
	digest, _, err := disk.HashFile(ctx, kept.Path)
	if err != nil {
		return Kept{}, false, fault.Explain("read "+within, err)
	}
	if digest != kept.File.SHA256 {
		return Kept{}, false, fault.Damaged(fmt.Sprintf("%s is not what its manifest says", within))
	}
	return kept, true, nil
}
