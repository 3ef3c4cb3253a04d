//! stdin and stdout for the transport alone: afterwards whatever else writes
//! to stdout ends up on stderr.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// Takes stdin and stdout. Needs a runtime with IO.
///
/// # Errors
/// If stdout cannot be duplicated.
#[cfg(unix)]
pub(super) fn take() -> io::Result<(Reader, Writer)> {
    use std::os::fd::AsFd as _;

    let reader = reader()?;
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    let writer = writer(stdout)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((reader, writer))
}

/// Takes stdin and stdout; stdout cannot be redirected here.
#[cfg(not(unix))]
pub(super) fn take() -> io::Result<(Reader, Writer)> {
    Ok((Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout())))
}

/// Pipes and sockets, which is what clients start servers with, are driven
/// without a thread; anything else through tokio's blocking threads.
#[cfg(unix)]
fn reader() -> io::Result<Reader> {
    use std::os::fd::AsFd as _;
    use tokio::net::unix::pipe;

    // A pipe opened anew has its own flags: the one that others hold still blocks.
    #[cfg(target_os = "linux")]
    if let Ok(receiver) = pipe::OpenOptions::new().open_receiver("/proc/self/fd/0") {
        return Ok(Box::new(receiver));
    }
    if let Some(socket) = socket(io::stdin().as_fd().try_clone_to_owned()?) {
        return Ok(Box::new(socket));
    }
    Ok(Box::new(tokio::io::stdin()))
}

#[cfg(unix)]
fn writer(stdout: std::os::fd::OwnedFd) -> io::Result<Writer> {
    use tokio::net::unix::pipe;

    #[cfg(target_os = "linux")]
    if let Ok(sender) = pipe::OpenOptions::new().open_sender("/proc/self/fd/1") {
        return Ok(Box::new(sender));
    }
    if let Some(socket) = socket(stdout.try_clone()?) {
        return Ok(Box::new(socket));
    }
    Ok(Box::new(tokio::fs::File::from_std(stdout.into())))
}

#[cfg(unix)]
fn socket(descriptor: std::os::fd::OwnedFd) -> Option<tokio::net::UnixStream> {
    let socket = std::os::unix::net::UnixStream::from(descriptor);
    socket.local_addr().ok()?;
    socket.set_nonblocking(true).ok()?;
    tokio::net::UnixStream::from_std(socket).ok()
}
