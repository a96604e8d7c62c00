// Package optout reads what was asked of the national data opt-out service and the cleaned lists that came back.
//
// A cleaned list leaves out whoever opted out, so a list that is not whole cannot be told from one full of objections.
// Each reply is therefore compared with its request, and says of itself whether it is whole.
package optout

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"careshare/extract"
	"careshare/extract/inbox"
)

const (
	requestSuffix = ".request.dat"
	replySuffix   = ".reply.dat"
	maxBytes      = 32 << 20 // some 2.5 million numbers
	maxLine       = 256
)

// refusal is the one line that comes instead of a cleaned list: one bad number voids the batch.
const refusal = "The file contains one or more invalid NHS Numbers."

// Read takes the tables requested and cleared from the folder's <name>.request.dat and <name>.reply.dat; their column
// file is the <name>.
//
// Every row of a reply has is_whole: false if a line of it could not be read, if it holds a number that was not asked
// for, or if it is the service's refusal, which gives one row without a number. A reply that is missing or empty has
// no row.
func Read(ctx context.Context, o inbox.Options) ([]extract.Table, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("read optout: %w", err)
	}
	requested, err := inbox.Create(o.To, "optout", "requested", o.Quarantine, inbox.Texts("file", "nhs_number"))
	if err != nil {
		return nil, fmt.Errorf("read optout: %w", err)
	}
	cleared, err := inbox.Create(o.To, "optout", "cleared", o.Quarantine, inbox.Texts("file", "nhs_number"), inbox.Truths("is_whole"))
	if err != nil {
		_, err = inbox.Close(err, requested)
		return nil, fmt.Errorf("read optout: %w", err)
	}
	if err = readAll(ctx, o.Folder, requested, cleared); err != nil {
		err = fmt.Errorf("read optout: %w", err)
	}
	return inbox.Close(err, requested, cleared)
}

func readAll(ctx context.Context, folder string, requested, cleared *inbox.Table) error {
	exchanges, err := exchangesOf(folder)
	if err != nil {
		return err
	}
	for _, e := range exchanges {
		if err := errors.Join(ctx.Err(), e.read(requested, cleared)); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// exchange is one request and its reply. Either path may be empty.
type exchange struct{ name, request, reply string }

func exchangesOf(folder string) ([]exchange, error) {
	requests, err := inbox.Files(folder, requestSuffix)
	if err != nil {
		return nil, err
	}
	replies, err := inbox.Files(folder, replySuffix)
	if err != nil {
		return nil, err
	}
	var exchanges []exchange
	for _, path := range requests {
		exchanges = append(exchanges, exchange{name: nameOf(path, requestSuffix), request: path})
	}
	for _, path := range replies {
		name := nameOf(path, replySuffix)
		at := slices.IndexFunc(exchanges, func(e exchange) bool { return e.name == name })
		if at < 0 {
			at, exchanges = len(exchanges), append(exchanges, exchange{name: name})
		}
		exchanges[at].reply = path
	}
	slices.SortFunc(exchanges, func(a, b exchange) int { return strings.Compare(a.name, b.name) })
	return exchanges, nil
}

func nameOf(path, suffix string) string {
	name := filepath.Base(path)
	return name[:len(name)-len(suffix)]
}

func (e exchange) read(requested, cleared *inbox.Table) error {
	asked, err := numbers(e.request, "", requested)
	if err != nil {
		return err
	}
	for _, number := range asked.numbers {
		requested.Add(e.name, number)
	}
	answered, err := numbers(e.reply, refusal, cleared)
	if err != nil {
		return err
	}
	isWhole := !answered.isBroken && !answered.isRefusal && !slices.ContainsFunc(answered.numbers, func(number string) bool { return !asked.has[number] })
	if answered.isRefusal {
		cleared.Add(e.name, nil, isWhole)
	}
	for _, number := range answered.numbers {
		cleared.Add(e.name, number, isWhole)
	}
	return errors.Join(requested.Keep(), cleared.Keep())
}
