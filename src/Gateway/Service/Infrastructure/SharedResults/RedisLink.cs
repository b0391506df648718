using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>
/// One connection to a Redis. Many may ask at once: what they ask goes out in one row, and answers come in that row. Whoever no longer waits leaves its place in it. The first thing that
/// goes wrong ends the connection and all who wait.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    /// <summary>1024: more that wait for one Redis will not be served in time.</summary>
    private const int MaxWaiting = 1024;

    private readonly Stream _stream;
    private readonly int _maxBytes;
    private readonly Channel<Question> _asked = Channel.CreateBounded<Question>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Channel<Question> _sent = Channel.CreateBounded<Question>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    private RedisLink(Stream stream, int maxBytes)
    {
        (_stream, _maxBytes) = (stream, maxBytes);
        _work = Work();
    }

    /// <summary>Ends when the connection does; never fails.</summary>
    public Task Ended => _work;

    /// <summary>Why it ended; null before.</summary>
    public string? Why { get; private set; }

    /// <summary>Connects and introduces itself. Throws what says why not: <see cref="SocketException"/>, <see cref="IOException"/>, <see cref="System.Security.Authentication.AuthenticationException"/>.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="maxBytes">Of one reply.</param>
    /// <param name="cancellationToken">Bounds all of it.</param>
    public static async Task<RedisLink> Open(RedisAddress address, int maxBytes, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsEncrypted)
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, cancellationToken);
            }

            var link = new RedisLink(stream, maxBytes);
            await link.Greet(address, cancellationToken);
            return link;
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Answers to one or several commands that were written with <see cref="Resp.Write"/>; null when the connection ended, or too many wait. Never fails.</summary>
    public Task<Reply[]?> Ask(ReadOnlyMemory<byte> commands, int count)
    {
        var question = new Question(commands, new Reply[count]);
        return _asked.Writer.TryWrite(question) ? question.Answered.Task : Task.FromResult<Reply[]?>(null);
    }

    /// <summary>Ends it because it is of no use. One that is closed already stays so.</summary>
    public void Break(string why)
    {
        Why ??= why;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Whoever asked last found out after whoever keeps it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break("closed");
        await _work;
        _end.Dispose();
    }

    private async Task Greet(RedisAddress address, CancellationToken cancellationToken)
    {
        try
        {
            var (commands, count) = (new ArrayBufferWriter<byte>(), 1);
            if (address.Password is { } password)
            {
                Resp.Write(commands, ["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(address.User ?? "default"), Encoding.UTF8.GetBytes(password)]);
                count++;
            }

            if (address.Database > 0)
            {
                Resp.Write(commands, ["SELECT"u8.ToArray(), Encoding.UTF8.GetBytes(address.Database.ToString(CultureInfo.InvariantCulture))]);
                count++;
            }

            Resp.Write(commands, ["PING"u8.ToArray()]);
            var replies = await Ask(commands.WrittenMemory, count).WaitAsync(cancellationToken) ?? throw new IOException(Why);
            if (replies.FirstOrDefault(reply => reply.Error is not null).Error is { } refused)
            {
                // The first word of an error is its code; what follows may name the user.
                throw new IOException($"It refuses: {refused.Split(' ')[0]}.");
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task Work()
    {
        // Whoever opens it goes on.
        await Task.Yield();
        var (writing, reading) = (Send(), Receive());
        await Task.WhenAny(writing, reading);
        _asked.Writer.TryComplete();
        await _end.CancelAsync();
        await _stream.DisposeAsync();
        await Task.WhenAll(writing, reading);
        foreach (var queue in (ChannelReader<Question>[])[_sent.Reader, _asked.Reader])
        {
            while (queue.TryRead(out var question))
            {
                question.Answered.TrySetResult(null);
            }
        }
    }

    private async Task Send()
    {
        Question? current = null;
        try
        {
            await foreach (var question in _asked.Reader.ReadAllAsync(_end.Token))
            {
                current = question;
                await _sent.Writer.WriteAsync(question, _end.Token);
                await _stream.WriteAsync(question.Commands, _end.Token);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            Why ??= e.Message;
            current?.Answered.TrySetResult(null);
        }
    }

    private async Task Receive()
    {
        var pipe = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        Question? current = null;
        try
        {
            for (var at = 0; ;)
            {
                var read = await pipe.ReadAsync(_end.Token);
                var buffer = read.Buffer;
                while (Resp.TryRead(ref buffer, _maxBytes, out var reply))
                {
                    if (current is null && !_sent.Reader.TryRead(out current))
                    {
                        throw new InvalidDataException("An answer that nobody asked for.");
                    }

                    current.Replies[at++] = reply;
                    if (at == current.Replies.Length)
                    {
                        current.Answered.TrySetResult(current.Replies);
                        (current, at) = (null, 0);
                    }
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    throw new IOException("It hung up.");
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            Why ??= e.Message;
            current?.Answered.TrySetResult(null);
        }

        await pipe.CompleteAsync();
    }

    private bool IsEnd(Exception e) => e is IOException or SocketException or InvalidDataException or ObjectDisposedException || (e is OperationCanceledException && _end.IsCancellationRequested);

    private sealed record Question(ReadOnlyMemory<byte> Commands, Reply[] Replies)
    {
        public TaskCompletionSource<Reply[]?> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
