package flow

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"careshare/load/disk"
	"careshare/load/lake"
)

// Delivered is the outbox's own list of the uploads that it was given, one name a line, hidden from the client. That takes the files
// away, so their absence says nothing.
const Delivered = ".delivered"

// deliver puts every published upload that the outbox has not had yet into it, oldest first. A run that was killed
// before it came here, or on the way, is made good by the next: an upload may come twice under its one name and number,
// it is never left out.
func deliver(lake *lake.Lake, outbox string) error {
	if outbox == "" {
		return nil
	}
	if err := os.MkdirAll(outbox, 0o700); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	had, err := deliveries(outbox)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	snapshots, err := lake.Snapshots()
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	var files []string
	for _, snapshot := range snapshots {
		found, err := filepath.Glob(filepath.Join(snapshot.Path, "reports", "cpis", "upload-*.xml"))
		if err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
		files = append(files, found...)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	for _, file := range files {
		name := filepath.Base(file)
		if slices.Contains(had, name) {
			continue
		}
		err := disk.CopyWhole(file, filepath.Join(outbox, name))
		if err == nil {
			had = append(had, name)
			err = disk.WriteFrom(filepath.Join(outbox, Delivered), strings.NewReader(strings.Join(had, "\n")+"\n"))
		}
		if err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
	}
	return nil
}

func deliveries(outbox string) (names []string, err error) {
	file, err := os.Open(filepath.Join(outbox, Delivered))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		names = append(names, lines.Text())
	}
	return names, lines.Err()
}

// lastDelivered is the highest sequence number that the outbox was given; 0 where there was none.
func lastDelivered(outbox string) (last int64, err error) {
	if outbox == "" {
		return 0, nil
	}
	names, err := deliveries(outbox)
	if err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	for _, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "upload-"), "-")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read outbox: %s holds a line that names no upload", Delivered)
		}
		last = max(last, n)
	}
	return last, nil
}
