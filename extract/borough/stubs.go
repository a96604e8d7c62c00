package borough

type nothing struct{}

func (nothing) add(*life) error { return nil }
func (nothing) close() error    { return nil }

func writeCaseStore(Options) (writer, error) { return nothing{}, nil }
func writeTruth(Options) (writer, error)     { return nothing{}, nil }
