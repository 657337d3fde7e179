# First process of a service's container. Usage: serve.pl FOLDER
#
# Lays the prepared data out in FOLDER, starts the server on it, waits until that answers in its own
# protocol, loads what the app brings, and says so on standard output:
#
#     said WORDS      what the server said of the app's own script, a line each
#     healthy         it may be used
#
# Standard input: a line with a length, then as many bytes: a script for the server, may be empty.
# /opt/grader/start starts the server, /opt/grader/load runs the script; the server's own words go
# to standard error. docs/decisions/0017-services-of-a-pod.md
use strict;
use warnings;
use IO::Socket::INET;

my $PREPARED = '/opt/grader/prepared.tar';
my $POLL_S = 0.005;
my $MOST_SAID = 20;

# What is asked of a server, and what the beginning of its answer has to be.
my %PROBES = (
    postgres => ["\0\0\0\x24\0\3\0\0user\0postgres\0database\0app\0\0", qr/^R/],
    mysql => ['', qr/^....\x0a/s],
    redis => ["PING\r\n", qr/^(?:\+PONG|-NOAUTH)/],
    rabbitmq => ["AMQP\0\0\x09\x01", qr/^\x01\0\0/s],
);

sub answers {
    my ($port, $question, $expected) = @_;
    my $line = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 1) or return 0;
    $line->syswrite($question) if length $question;
    my $answer = '';
    while (length $answer < 5) {
        $line->sysread($answer, 64, length $answer) or last;
        return 1 if $answer =~ $expected;
    }
    return $answer =~ $expected;
}

sub script {
    my $length = <STDIN>;
    return '' unless defined $length;
    my $script = '';
    read STDIN, $script, $length;
    return $script;
}

sub load {
    my ($script) = @_;
    pipe my $reads, my $writes or die "no pipe: $!";
    my $feeder = fork // die "no process: $!";
    if (!$feeder) {
        close $reads;
        print {$writes} $script;
        exit 0;
    }
    close $writes;
    my $loader = open(my $words, '-|') // die "no process: $!";
    if (!$loader) {
        open STDIN, '<&', $reads or die $!;
        open STDERR, '>&', \*STDOUT or die $!;
        exec 'sh', '/opt/grader/load' or die "no load: $!";
    }
    close $reads;
    my $said = 0;
    while (my $word = <$words>) {
        print "said $word" if $word =~ /\S/ && $said++ < $MOST_SAID;
    }
    close $words;
}

$| = 1;
my ($folder) = @ARGV;
if (-e $PREPARED && !glob "$folder/*") {
    # One file to read instead of a thousand takes half the time.
    system('tar', '-xf', $PREPARED, '-C', $folder) == 0 or die "the prepared data were not unpacked";
}
my $server = fork // die "no process: $!";
if (!$server) {
    open STDIN, '<', '/dev/null';
    open STDOUT, '>&', \*STDERR;
    exec 'sh', '/opt/grader/start', $folder or die "no start: $!";
}
my ($question, $expected) = @{ $PROBES{ $ENV{SERVICE} } };
my $script = script();
until (answers($ENV{SERVICE_PORT}, $question, $expected)) {
    die "the server ended before it answered\n" if waitpid($server, 1) == $server;
    select undef, undef, undef, $POLL_S;
}
load($script) if length $script || $ENV{SERVICE_NAMES};
print "healthy\n";
# As the first process this one is the parent of every orphan.
while ((my $ended = wait) > 0) {
    exit($? >> 8 || 1) if $ended == $server;
}
