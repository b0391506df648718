using System.Diagnostics;
using System.Threading.Channels;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// One life of a child process: messages out through a queue to a single writer, lines in from a single reader, the end noticed however it comes. Pipes
/// are read by threads of their own, because reads on them block and would otherwise take threads from the pool for as long as the child lives.
/// </summary>
internal sealed class ChildProcess
{
    private const int OutgoingMessages = 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly StdioOptions _options;
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly ProcessTree _tree;
    private readonly Action<PooledBuffer> _onMessage;
    private readonly Action<UpstreamException> _onEnd;
    private readonly TextTail _stderr;
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Stream _error;
    private readonly Channel<PooledBuffer> _outgoing = Channel.CreateBounded<PooledBuffer>(new BoundedChannelOptions(OutgoingMessages) { SingleReader = true });
    private readonly Task _writer;
    private readonly Task _ending;
    private readonly Lock _gate = new();
    private Task? _stopping;
    private UpstreamException? _failure;

    /// <summary>Starts it. <paramref name="onMessage"/> gets one line each and its buffer; <paramref name="onEnd"/> is called once, at the end.</summary>
    public ChildProcess(StdioOptions options, TimeProvider time, Action<PooledBuffer> onMessage, Action<UpstreamException> onEnd)
    {
        _options = options;
        _time = time;
        _onMessage = onMessage;
        _onEnd = onEnd;
        _stderr = new TextTail(options.StderrBytes);
        _process = ProcessGroup.Start(options);
        ProcessId = _process.Id;
        StartedAt = time.GetUtcNow();
        _tree = new ProcessTree(_process, options.Mark);

        // Taken now: a thread may get to run only after the process was stopped and disposed.
        (_input, _output, _error) = (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream, _process.StandardError.BaseStream);
        new Thread(ReadOutput) { IsBackground = true, Name = $"mcp stdout {ProcessId}" }.UnsafeStart();
        new Thread(ReadError) { IsBackground = true, Name = $"mcp stderr {ProcessId}" }.UnsafeStart();
        _writer = Task.Run(WriteInput);
        _ending = Task.Run(WatchEnd);
    }

    /// <summary>Also the id of its process group.</summary>
    public int ProcessId { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>What it last wrote to its error stream. The child's words: for the operator, not for logs.</summary>
    public StderrTail Stderr => _stderr.Read();

    /// <summary>Queues a message, and takes its buffer. Waits when the child does not read; throws <see cref="UpstreamException"/> when it is gone.</summary>
    public async ValueTask Write(PooledBuffer message, CancellationToken cancellationToken)
    {
        try
        {
            message.Write("\n"u8);
            await _outgoing.Writer.WriteAsync(message, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            message.Dispose();
            throw UpstreamException.ClosedBefore("The server's process has ended.");
        }
        catch (OperationCanceledException)
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>Closes its input, then asks, then kills; returns when nothing of its tree is left.</summary>
    public Task Stop()
    {
        // Whoever comes second waits for the same: the process is disposed at the end.
        lock (_gate)
        {
            return _stopping ??= StopOnce();
        }
    }

    private async Task StopOnce()
    {
        if (!_ending.IsCompleted)
        {
            _tree.Note();
        }

        _outgoing.Writer.TryComplete();
        if (!await Ends(_options.StopGrace))
        {
            _tree.Terminate();
            if (!await Ends(_options.StopGrace))
            {
                await _tree.Kill();
            }
        }

        await _ending;
        await _writer;

        // Nobody is left who could write; what escaped and holds a pipe is not waited for.
        await Task.WhenAny(Task.WhenAll(_outputEnded.Task, _errorEnded.Task), Task.Delay(LastWords, _time, CancellationToken.None));
        ProcessGroup.Forget(ProcessId);

        // A process does not close the streams that somebody took from it.
        await _output.DisposeAsync();
        await _error.DisposeAsync();
        _process.Dispose();
    }

    private async Task<bool> Ends(TimeSpan within)
    {
        try
        {
            await _ending.WaitAsync(within, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits for the exit, lets the last output be read, and takes what the child left behind with it.</summary>
    private async Task WatchEnd()
    {
        var exit = _process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(exit, _outputEnded.Task);
        if (_failure is null)
        {
            await Task.WhenAny(Task.WhenAll(exit, _outputEnded.Task), Task.Delay(LastWords, _time, CancellationToken.None));
        }

        var failure = _failure ?? UpstreamException.Closed(
            exit.IsCompleted ? $"The server's process has ended with code {_process.ExitCode}." : "The server has closed its output.");
        _onEnd(failure);
        _outgoing.Writer.TryComplete();
        if (!exit.IsCompleted)
        {
            _tree.Terminate();
            await Task.WhenAny(exit, Task.Delay(_options.StopGrace, _time, CancellationToken.None));
        }

        await _tree.Kill();
        await exit;
    }

    private async Task WriteInput()
    {
        var input = _input;
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync())
            {
                using (message)
                {
                    await input.WriteAsync(message.Written);
                }

                await input.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The pipe is broken: the process is ending, and WatchEnd tells everybody.
            _outgoing.Writer.TryComplete();
        }

        while (_outgoing.Reader.TryRead(out var unsent))
        {
            unsent.Dispose();
        }

        try
        {
            await input.DisposeAsync();
        }
        catch (IOException)
        {
            // Broken already.
        }
    }

    private void ReadOutput()
    {
        try
        {
            using var lines = new LineReader(_output, _options.MaxMessageBytes);
            while (lines.Read() is { } line)
            {
                _onMessage(line);
            }
        }
        catch (UpstreamException failure)
        {
            _failure = failure;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            _failure = UpstreamException.Closed("The server's output cannot be read.", failure);
        }

        _outputEnded.TrySetResult();
    }

    private void ReadError()
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = _error.Read(buffer)) > 0)
            {
                _stderr.Append(buffer.AsSpan(0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // Nothing more to keep.
        }

        _errorEnded.TrySetResult();
    }
}
