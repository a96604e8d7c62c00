package borough

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// optOut writes what was asked of the national data opt-out service and its cleaned reply, pair by pair:
// one number and a comma a line (health.md 3). Requests end their lines with LF, as the service asks; every other
// reply ends them with CRLF, as some have been seen to.
type optOut struct {
	o                  Options
	pairs              int
	inPair             int
	asked, cleared     int
	request, reply     *os.File
	toRequest, toReply *bufio.Writer
}

// numbersPerRequest is where the next pair of files begins.
const numbersPerRequest = 100_000

func writeOptOut(o Options) (writer, error) {
	return &optOut{o: o}, errors.Join(makeFolder(o.path("opt_out")), makeFolder(o.path("truth")))
}

// add asks about every person whose number a run may come to stand by.
func (n *optOut) add(l *life) error {
	number := l.askedNumber()
	if number == "" {
		return nil
	}
	if n.request == nil || n.inPair == numbersPerRequest {
		if err := n.next(); err != nil {
			return fmt.Errorf("write opt_out: %w", err)
		}
	}
	n.asked++
	n.inPair++
	fmt.Fprintf(n.toRequest, "%s,\n", number)
	if l.isOptedOut {
		return nil
	}
	n.cleared++
	end := "\n"
	if n.pairs%2 == 0 {
		end = "\r\n"
	}
	_, err := n.toReply.WriteString(number + "," + end)
	return err
}

// askedNumber is the number that a run gives the person; empty where it gives none, or one that two people claim.
func (l *life) askedNumber() string {
	if !l.isPerson() {
		return ""
	}
	switch l.standing {
	case "verified", "traced", "matched":
		return l.nhsNumber
	case "held":
		return l.recorded.nhsID
	}
	return ""
}

// next begins a pair of files, named as the service's clients name them: mailbox, day and sequence.
func (n *optOut) next() (err error) {
	if err := n.finish(); err != nil {
		return err
	}
	n.pairs++
	n.inPair = 0
	name := fmt.Sprintf("8HQ50OT001-%s-%04d", n.o.AsAt.UTC().AddDate(0, 0, -1).Format("020106"), n.pairs)
	if n.request, err = create(n.o.path("opt_out", name+".request.dat")); err != nil {
		return err
	}
	if n.reply, err = create(n.o.path("opt_out", name+".reply.dat")); err != nil {
		return err
	}
	n.toRequest, n.toReply = bufio.NewWriter(n.request), bufio.NewWriter(n.reply)
	return nil
}

func (n *optOut) finish() error {
	if n.request == nil {
		return nil
	}
	return errors.Join(n.toRequest.Flush(), n.toReply.Flush(), n.request.Close(), n.reply.Close())
}

// close writes truth/optout.csv: how many pairs of files, numbers asked about and numbers cleared.
func (n *optOut) close() error {
	t, err := createTruth(n.o.path("truth", "optout.csv"), "pairs", "requested", "cleared")
	if err != nil {
		return errors.Join(err, n.finish())
	}
	return errors.Join(n.finish(), t.write(strconv.Itoa(n.pairs), strconv.Itoa(n.asked), strconv.Itoa(n.cleared)), t.close())
}

// create makes a file that only its owner may read.
func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
}
